using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IssuerKeyState))]
internal sealed partial class IssuerKeyStateJson : JsonSerializerContext;
