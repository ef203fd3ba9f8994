using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Errors;

/// <summary>
/// One stable refusal: what an operator looks up. Every code is a static field in a capability's
/// <c>…Errors</c> class; the documentation is generated from there.
/// </summary>
/// <param name="Code"><c>area.reason</c>; never reused for something else.</param>
/// <param name="Status">The HTTP status it answers with.</param>
/// <param name="Meaning">One sentence; also the message when the refusal brings none of its own.</param>
/// <param name="Cause">What usually leads here.</param>
/// <param name="NextStep">What the reader should do.</param>
internal sealed record ErrorCode(string Code, int Status, string Meaning, string Cause, string NextStep)
{
    /// <summary>Its name in OAuth's registry, for answers in OAuth's shape; null = the usual error of the status.</summary>
    public string? OAuthError { get; init; }

    /// <summary>
    /// Every retry is refused in the same way until something else changes: the answer tells clients not to retry.
    /// </summary>
    public bool IsLasting { get; init; }

    public Refusal Refuse(string? message = null) => new(this, message ?? Meaning);

    public Refusal Refuse(string message, string detail, JsonNode? value) => Refuse(message).With(detail, value);
}
