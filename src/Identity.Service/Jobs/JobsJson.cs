using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(JobDocument))]
[JsonSerializable(typeof(JobListDocument))]
[JsonSerializable(typeof(PauseJobRequest))]
internal sealed partial class JobsJson : JsonSerializerContext;
