using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>Serialisers of the records that are stored with the files.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(FiledCertificate))]
[JsonSerializable(typeof(StoredRequest))]
internal sealed partial class FilesJson : JsonSerializerContext;
