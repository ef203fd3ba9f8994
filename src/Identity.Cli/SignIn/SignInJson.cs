using System.Text.Json.Serialization;

namespace Culvert.Identity.Cli.SignIn;

[JsonSerializable(typeof(SignInRecord))]
internal sealed partial class SignInJson : JsonSerializerContext;
