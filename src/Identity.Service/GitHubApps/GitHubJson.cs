using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.GitHubApps;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(InstallationTokenRequest))]
internal sealed partial class GitHubJson : JsonSerializerContext;
