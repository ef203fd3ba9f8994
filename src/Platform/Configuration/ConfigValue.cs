namespace Culvert.Platform.Configuration;

/// <summary>An effective value for display; of a secret only its reference.</summary>
public sealed record ConfigValue(string Path, string Text, ConfigSource Source);
