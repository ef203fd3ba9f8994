namespace Culvert.Identity.Service.Signals;

/// <param name="Reason">One sentence for the operator, without any text from the transmitter.</param>
/// <param name="RetryAfter">The wait that the transmitter requests; null = none.</param>
internal sealed record SignalPollFailure(string Reason, TimeSpan? RetryAfter = null)
{
    /// <summary>The answer exceeds <see cref="SignalPollClient.MaxAnswerBytes"/>: fewer tokens may fit.</summary>
    public bool IsTooLarge { get; init; }
}
