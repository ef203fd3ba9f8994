namespace Culvert.Machine.Client.Tests.Support;

/// <summary>A request as the fake service saw it.</summary>
internal sealed record RecordedRequest(
    string Path,
    string Query,
    string Bearer,
    string Body,
    string? ClientSerial,
    string ConnectionId,
    DateTimeOffset At
);
