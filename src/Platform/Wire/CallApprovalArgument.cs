using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An argument of a call, or a value of its answer, as shown to the person who approves it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CallApprovalArgument
{
    /// <summary>The position of a whole answer: the first entry, if an answer waits and not a call.</summary>
    public const string Answer = "answer";

    /// <summary>
    /// Its position in the arguments: a JSON pointer (RFC 6901); in an answer that waits, a JSON pointer behind <c>answer:</c>.
    /// </summary>
    public required string At { get; init; }

    /// <summary>Its type and length, such as <c>string:12</c>; <c>missing</c> when the call does not have it.</summary>
    public required string Shape { get; init; }

    /// <summary>Its value as JSON if the rule shows it; null otherwise, and for a value that is too long.</summary>
    public string? Value { get; init; }
}
