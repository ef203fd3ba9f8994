namespace Culvert.EndToEnd.Tests.Harness;

/// <param name="Text">The argument, found nowhere else.</param>
/// <param name="Error">Null when the right answer came.</param>
/// <param name="Hop">Of a failed call: the hop that the client learnt, as <see cref="FailedHop"/> says; "" = none.</param>
internal sealed record CallOutcome(
    string Text,
    DateTimeOffset Begun,
    DateTimeOffset Ended,
    string? Error,
    string Hop = ""
);
