namespace Culvert.Identity.Service.Federation.Assertions;

/// <param name="Detail">More for the reader of the history; may contain what the caller sent, bounded.</param>
/// <param name="Claim">The claim that failed, if any: its own value may be shown to a caller that proved it.</param>
internal readonly record struct Denial(DenialReason Reason, string? Detail = null, string? Claim = null);
