using System.Text.Json.Serialization;

namespace Culvert.Identity.Cli.SignIn;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignInRecord))]
internal sealed partial class SignInJson : JsonSerializerContext;
