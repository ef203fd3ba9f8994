using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Errors;

/// <summary>
/// A stable refusal code that operators look up. Every code is a static field of a capability's <c>…Errors</c> class; the
/// documentation is generated from these.
/// </summary>
/// <param name="Code"><c>area.reason</c>; never reused with another meaning.</param>
/// <param name="Meaning">One sentence; the default message.</param>
/// <param name="Cause">The usual cause.</param>
internal sealed record ErrorCode(string Code, int Status, string Meaning, string Cause, string NextStep)
{
    /// <summary>The registered OAuth error code, for answers in OAuth's format; null = the default of the status.</summary>
    public string? OAuthError { get; init; }

    /// <summary>The <c>scimType</c> of RFC 7644 §3.12, for answers to directories; null = none.</summary>
    public string? ScimType { get; init; }

    /// <summary>
    /// The error code of RFC 8935 §2.4, for answers to security event tokens; null = the answer has the envelope.
    /// </summary>
    public string? SecurityEventError { get; init; }

    /// <summary>
    /// Retries are refused in the same way until something else changes: the answer tells clients not to retry.
    /// </summary>
    public bool IsLasting { get; init; }

    public Refusal Refuse(string? message = null) => new(this, message ?? Meaning);

    public Refusal Refuse(string message, string detail, JsonNode? value) => Refuse(message).With(detail, value);
}
