using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.History;

internal static class HistoryOperations
{
    public static readonly Operation List = Operation
        .Get("list_authentication_history", "/v1/authentication_history", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "List the authentication history",
            "Exchanges that were granted or denied, newest first, with the precise reason, filtered by the query "
                + "parameters."
        )
        .Paged(
            "decision",
            "federation_rule_id",
            "issuer_id",
            "reason",
            "request_id",
            "service_account_id",
            "since",
            "subject",
            "until"
        )
        .Returns<Page<AuthenticationDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_authentication", "/v1/authentication_history/{request_id}", Access.AnyCredential, RoleSet.Viewing)
        .Describe(
            "Explain an exchange",
            "One exchange by its request id, with the trace of each check. The service account of the exchange sees a "
                + "shorter form that does not show what the rule requires."
        )
        .Returns<AuthenticationDocument>()
        .Returns<OwnAuthenticationDocument>();
}
