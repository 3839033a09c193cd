"""The gateway: who may ask which fact for what, asked one at a time or ten thousand, sealed answers, consent."""
