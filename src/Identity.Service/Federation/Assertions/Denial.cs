namespace Culvert.Identity.Service.Federation.Assertions;

/// <param name="Detail">More for the reader of the history; may echo what the caller sent, bounded.</param>
internal readonly record struct Denial(DenialReason Reason, string? Detail = null);
