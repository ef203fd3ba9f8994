using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Http;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SecurityEventErrorDocument))]
internal sealed partial class SecurityEventErrorJson : JsonSerializerContext;
