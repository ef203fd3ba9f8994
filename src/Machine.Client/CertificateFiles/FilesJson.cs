using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(FiledCertificate))]
[JsonSerializable(typeof(StoredRequest))]
internal sealed partial class FilesJson : JsonSerializerContext;
