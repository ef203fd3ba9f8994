using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens;

/// <summary>
/// The <c>identity.token</c> section: where the identity provider's token comes from. At most one of file, environment
/// and command is set; without any the detector decides.
/// </summary>
public sealed record IdentityTokenOptions
{
    /// <summary>A file that is read again at each use; empty when another source is set.</summary>
    public string File { get; init; } = "";

    /// <summary>The name of an environment variable; empty when another source is set.</summary>
    public string Environment { get; init; } = "";

    /// <summary>A program and its arguments, run without a shell; empty when another source is set.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>
    /// Variables that the program gets; a star at the end matches any suffix. It gets nothing else of this process's
    /// environment. Default: PATH, HOME, LANG.
    /// </summary>
    public IReadOnlyList<string> InheritEnvironment { get; init; } = ChildCommand.UsualEnvironment;

    /// <summary>How long the program may run. 1 s to 1 min, default 10 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The platform that gives the token: <c>auto</c> for the one that is found here, <c>none</c>, or its name.
    /// </summary>
    public string Detector { get; init; } = "auto";

    /// <summary>The audience that a detector asks for. The other sources come with theirs.</summary>
    public string Audience { get; init; } = "";
}
