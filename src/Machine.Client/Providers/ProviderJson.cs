using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Providers;

/// <summary>A provider's answers may have unknown members.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(CreateProviderTunnel))]
[JsonSerializable(typeof(AddProviderCertificate))]
[JsonSerializable(typeof(ProviderTunnel))]
[JsonSerializable(typeof(ProviderCertificate))]
[JsonSerializable(typeof(ProviderTunnelToken))]
[JsonSerializable(typeof(ProviderPage<ProviderTunnel>))]
[JsonSerializable(typeof(ProviderPage<ProviderCertificate>))]
internal sealed partial class ProviderJson : JsonSerializerContext;
