using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console;

/// <summary>Builds the API request from a submitted form. Fields that the action does not name are ignored.</summary>
internal static class FormBody
{
    public static Result<JsonObject> Read(IFormCollection form, IReadOnlyList<FormField> fields)
    {
        var body = new JsonObject();
        foreach (var field in fields)
        {
            // Browsers end lines with CR LF; a PEM or a list needs LF.
            var text = form[field.Field].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
            var (value, refusal) = field.Read(field.IsVerbatim ? text : text.Trim());
            if (refusal is not null)
            {
                return refusal;
            }

            if (value is not null || field.ClearsWhenEmpty)
            {
                Set(body, field.Name.Split('.'), value);
            }
        }

        return body;
    }

    private static void Set(JsonObject body, string[] path, JsonNode? value)
    {
        foreach (var part in path[..^1])
        {
            if (body[part] is not JsonObject inner)
            {
                body[part] = inner = [];
            }

            body = inner;
        }

        body[path[^1]] = value;
    }
}
