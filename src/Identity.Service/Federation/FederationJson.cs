using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Simulation;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ServiceAccountDocument))]
[JsonSerializable(typeof(Page<ServiceAccountDocument>))]
[JsonSerializable(typeof(CreateServiceAccountRequest))]
[JsonSerializable(typeof(UpdateServiceAccountRequest))]
[JsonSerializable(typeof(LintRequest))]
[JsonSerializable(typeof(LintReportDocument))]
[JsonSerializable(typeof(IReadOnlyList<RuleTest>))]
[JsonSerializable(typeof(MembershipDocument))]
[JsonSerializable(typeof(Page<MembershipDocument>))]
[JsonSerializable(typeof(MembershipDeletedDocument))]
[JsonSerializable(typeof(AddWorkspaceRequest))]
[JsonSerializable(typeof(AddMemberRequest))]
[JsonSerializable(typeof(UpdateMemberRequest))]
[JsonSerializable(typeof(IssuerDocument))]
[JsonSerializable(typeof(Page<IssuerDocument>))]
[JsonSerializable(typeof(CreateIssuerRequest))]
[JsonSerializable(typeof(KillRequest))]
[JsonSerializable(typeof(KillDocument))]
[JsonSerializable(typeof(VerificationDocument))]
[JsonSerializable(typeof(UpdateIssuerRequest))]
[JsonSerializable(typeof(RuleDocument))]
[JsonSerializable(typeof(Page<RuleDocument>))]
[JsonSerializable(typeof(MatcherDocument[]))]
[JsonSerializable(typeof(CreateRuleRequest))]
[JsonSerializable(typeof(UpdateRuleRequest))]
[JsonSerializable(typeof(DecideRuleRequest))]
[JsonSerializable(typeof(SimulateRequest))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayReportDocument))]
[JsonSerializable(typeof(AuthenticationDocument))]
[JsonSerializable(typeof(Page<AuthenticationDocument>))]
[JsonSerializable(typeof(OwnAuthenticationDocument))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(RuleWorkspaceDocument))]
[JsonSerializable(typeof(Page<RuleWorkspaceDocument>))]
[JsonSerializable(typeof(AddRuleWorkspaceRequest))]
[JsonSerializable(typeof(RuleWorkspaceDeletedDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class FederationJson : JsonSerializerContext
{
    public const int MaxPage = 100;
}
