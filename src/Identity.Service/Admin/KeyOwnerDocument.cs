using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record KeyOwnerDocument(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("subject")] string Subject
);
