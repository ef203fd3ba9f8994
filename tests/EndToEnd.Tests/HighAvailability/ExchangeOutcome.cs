namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <param name="Error">Null = a token was granted.</param>
/// <param name="RequestId">As the answer says it.</param>
internal sealed record ExchangeOutcome(DateTimeOffset Begun, DateTimeOffset Ended, string? Error, string? RequestId);
