using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Control characters in the path and the query. No id, name or filter has one, logs are written by them, and PostgreSQL
/// takes no U+0000 in a text: one database returns no rows where the other one fails. Refused in one place, so
/// that no handler has to think of it.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>Null = there are none. An id with one answers like an unknown id.</summary>
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
