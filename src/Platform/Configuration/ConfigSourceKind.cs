namespace Culvert.Platform.Configuration;

/// <summary>The sources of effective values, weakest first.</summary>
public enum ConfigSourceKind
{
    Default,

    File,

    Environment,

    Flag,
}
