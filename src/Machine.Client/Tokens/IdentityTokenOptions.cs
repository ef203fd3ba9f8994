using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens;

/// <summary>The <c>identity.token</c> section. At most one source is set; without one the detector applies.</summary>
public sealed record IdentityTokenOptions
{
    /// <summary>Path of a file that is read again at each use; empty when another source is set.</summary>
    public string File { get; init; } = "";

    /// <summary>The name of an environment variable; empty when another source is set.</summary>
    public string Environment { get; init; } = "";

    /// <summary>A program and its arguments, run without a shell; empty when another source is set.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Variables that the program inherits; a final star matches any suffix. Default: PATH, HOME, LANG.</summary>
    public IReadOnlyList<string> InheritEnvironment { get; init; } = ChildCommand.UsualEnvironment;

    /// <summary>How long the program may run. 1 s to 1 min, default 10 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The platform that issues the token: <c>auto</c> for the one detected, <c>none</c>, or its name.</summary>
    public string Detector { get; init; } = "auto";

    /// <summary>The audience that a detector requests. The tokens of other sources already have one.</summary>
    public string Audience { get; init; } = "";
}
