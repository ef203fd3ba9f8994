namespace Culvert.Platform.Configuration;

/// <summary>An effective value and where it came from, for people.</summary>
/// <param name="Path">Its full key.</param>
/// <param name="Text">As written; for a secret its reference.</param>
/// <param name="Source">Where it came from.</param>
public sealed record ConfigValue(string Path, string Text, ConfigSource Source);
