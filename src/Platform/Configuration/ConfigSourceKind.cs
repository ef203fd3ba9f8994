namespace Culvert.Platform.Configuration;

/// <summary>Where an effective value came from, weakest first.</summary>
public enum ConfigSourceKind
{
    /// <summary>Built in.</summary>
    Default,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A command-line flag.</summary>
    Flag,
}
