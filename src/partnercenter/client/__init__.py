"""The house that asks: the SDK. Its public names are those of `partnercenter` itself."""
