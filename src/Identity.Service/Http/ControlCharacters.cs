using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Refuses control characters in path and query. No id, name or filter contains any, logs include these values, and
/// PostgreSQL stores no U+0000: one database would return no rows where the other fails. Checked here so that handlers need
/// not.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>Null = there are none. An id with a control character answers like an unknown id.</summary>
    public static Refusal? Find(HttpContext http)
    {
        foreach (var (_, value) in http.Request.RouteValues)
        {
            if (value is string text && text.Any(char.IsControl))
            {
                return RequestErrors.NotFound.Refuse();
            }
        }

        if (!http.Request.QueryString.HasValue)
        {
            return null;
        }

        foreach (var (name, values) in http.Request.Query)
        {
            if (name.Any(char.IsControl))
            {
                return RequestErrors.Invalid.Refuse("query: names of parameters have no control characters.");
            }

            foreach (var value in values)
            {
                if (value is not null && value.Any(char.IsControl))
                {
                    return RequestErrors.Invalid.Refuse($"{name}: must not contain control characters.");
                }
            }
        }

        return null;
    }
}
