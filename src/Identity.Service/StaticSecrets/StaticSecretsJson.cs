using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.StaticSecrets;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StaticSecretDocument))]
[JsonSerializable(typeof(Page<StaticSecretDocument>))]
internal sealed partial class StaticSecretsJson : JsonSerializerContext;
