namespace Culvert.Platform.Configuration;

/// <summary>An effective value and its source, for display.</summary>
/// <param name="Path">The full key.</param>
/// <param name="Text">As written; for a secret its reference.</param>
/// <param name="Source">The source of the value.</param>
public sealed record ConfigValue(string Path, string Text, ConfigSource Source);
