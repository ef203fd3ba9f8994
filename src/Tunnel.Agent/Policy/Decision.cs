using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Policy;

/// <param name="Rule">The rule that decided; null if none did.</param>
/// <param name="Reason">A stable word for the record; for a changed definition see <see cref="Pins.RoutePins"/>.</param>
internal readonly record struct Decision(bool IsAllowed, PolicyRule? Rule, string Reason)
{
    public const string ByRule = "rule";
    public const string ByDefault = "default";

    public const string BySchema = "schema";

    /// <summary>A method that every client needs before it can make calls.</summary>
    public const string Basic = "basic";

    /// <summary>A URI that two readers may understand differently; only an exact rule allows it.</summary>
    public const string Unclear = "unclear_name";

    /// <summary>A method that no default ever allows.</summary>
    public const string NoChoice = "no_explicit_choice";

    /// <summary>
    /// No rule could judge the answer, because it does not name its call: results of tasks, and calls without an id.
    /// </summary>
    public const string Guarded = "answers_judged";

    public const string NoPolicy = "no_policy";

    /// <summary>Why the arguments are refused although the name is allowed; otherwise null.</summary>
    public ArgumentError? Error { get; init; }
}
