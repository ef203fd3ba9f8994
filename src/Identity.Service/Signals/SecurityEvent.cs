using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Signals;

/// <param name="Type">The URI of its type.</param>
/// <param name="Payload">The members of the event.</param>
/// <param name="OccurredAt">When it occurred, in seconds since 1970, as far as the event itself says so (CAEP 1.0 §2).</param>
internal sealed record SecurityEvent(string Type, ClaimSet Payload, long? OccurredAt);
