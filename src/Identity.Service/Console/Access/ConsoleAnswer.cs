using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.Access;

internal readonly record struct ConsoleAnswer(JsonElement Document, Refusal? Refusal)
{
    public static ConsoleAnswer Refused(Refusal refusal) => new(default, refusal);
}
