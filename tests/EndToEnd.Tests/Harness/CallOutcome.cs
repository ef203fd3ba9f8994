namespace Culvert.EndToEnd.Tests.Harness;

/// <param name="Text">The argument, found nowhere else.</param>
/// <param name="Error">Null when the right answer came.</param>
internal sealed record CallOutcome(string Text, DateTimeOffset Begun, DateTimeOffset Ended, string? Error);
