using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What the rules say of one name for one caller.</summary>
/// <param name="IsAllowed">Whether it passes and is shown.</param>
/// <param name="Rule">The rule that decided; null where <paramref name="Reason"/> did.</param>
/// <param name="Reason">Stable word for the record.</param>
/// <remarks>A definition that is not as it was approved is denied for the reasons of <see cref="Pins.RoutePins"/>.</remarks>
internal readonly record struct Decision(bool IsAllowed, PolicyRule? Rule, string Reason)
{
    public const string ByRule = "rule";
    public const string ByDefault = "default";

    /// <summary>The arguments do not match the input schema that was approved.</summary>
    public const string BySchema = "schema";

    /// <summary>A method without which no client gets as far as asking.</summary>
    public const string Basic = "basic";

    /// <summary>A URI that two readers may take for two different things; only an exact rule allows it.</summary>
    public const string Unclear = "unclear_name";

    /// <summary>A method that no default ever allows.</summary>
    public const string NoChoice = "no_explicit_choice";

    /// <summary>No rule was asked: the route has no policy.</summary>
    public const string NoPolicy = "no_policy";

    /// <summary>Why the arguments are not allowed, where the name is; else null.</summary>
    public ArgumentError? Error { get; init; }
}
