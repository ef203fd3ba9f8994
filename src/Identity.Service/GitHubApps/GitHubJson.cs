using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.GitHubApps;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(InstallationTokenRequest))]
internal sealed partial class GitHubJson : JsonSerializerContext;
