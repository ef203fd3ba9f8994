using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>Writes <c>docs/api.md</c>.</summary>
internal static class ApiPage
{
    public static string Write(IReadOnlyList<DescribedOperation> operations)
    {
        var page = new StringBuilder(
            """
            # The API

            Generated from the registrations of the endpoints; a test fails when it is stale and says how to renew it. The same as
            OpenAPI 3.1: `GET /v1/openapi.json` of the service, and `docs/openapi.json` beside this page.

            Bearer credentials go into `Authorization`. Members with a star must be there; unknown and repeated members are refused.
            Bodies and error codes are those that the code of each operation names; besides, any operation may answer with those of
            its credential (`auth.…`), of malformed requests (`request.…`) and of a store that is away (`storage.…`). Lists take
            `limit` and `page` and answer `{data, next_page}`. Each code is explained in [errors.md](errors.md).

            | Permission | Limited by, answered with 429 |
            |---|---|
            | none | `limits.exchange_per_address`; revocation lists and OCSP `limits.lists_per_address` |
            | scope, any credential | failed proofs: `limits.history_per_address` |
            | a machine's certificate | proved in the handshake |


            """
        );
        foreach (var area in operations.GroupBy(operation => operation.Area).OrderBy(area => area.Key == "other"))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {area.Key}\n\n");
            foreach (var operation in area)
            {
                Append(page, operation);
            }
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static void Append(StringBuilder page, DescribedOperation operation)
    {
        page.Append(CultureInfo.InvariantCulture, $"### `{operation.Method} {operation.Path}`\n\n");
        page.Append(CultureInfo.InvariantCulture, $"- Permission: {operation.Permission}");
        page.Append(operation.IsOfMachines ? ", on the machine port\n" : "\n");
        Line("Query", operation.Facts.Query);
        Line("Request", operation.Facts.Requests.SelectMany(ApiDescription.MembersOf).Distinct());
        Line(
            "Answer",
            operation.Facts.Answers.SelectMany(ApiDescription.MembersOf).Select(m => m.TrimEnd('*')).Distinct()
        );
        Line("Errors", operation.Facts.Errors);
        page.Append('\n');

        void Line(string name, IEnumerable<string> words)
        {
            var text = string.Join(", ", words.Select(word => word.EndsWith('*') ? $"`{word[..^1]}`\\*" : $"`{word}`"));
            page.Append(text.Length > 0 ? $"- {name}: {text}\n" : "");
        }
    }
}
