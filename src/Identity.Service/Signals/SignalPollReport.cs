using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Signals;

/// <summary>What became of the tokens of an answer, for the next poll.</summary>
/// <param name="Ack">Those that are durable.</param>
/// <param name="SetErrs">Those that the service will never accept.</param>
/// <param name="Waiting">
/// Why the others could not be decided. They are not reported, so that the transmitter delivers them again. Null = all were.
/// </param>
internal sealed record SignalPollReport(
    IReadOnlyList<string> Ack,
    IReadOnlyDictionary<string, SecurityEventErrorDocument> SetErrs,
    Refusal? Waiting
)
{
    /// <summary>Before the first answer.</summary>
    public static SignalPollReport Empty { get; } = new([], new Dictionary<string, SecurityEventErrorDocument>(), null);

    public bool IsEmpty => Ack.Count == 0 && SetErrs.Count == 0;
}
