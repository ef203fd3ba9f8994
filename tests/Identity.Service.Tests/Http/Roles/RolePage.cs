using System.Collections.Frozen;
using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tests.Http.Roles;

/// <summary>The table of docs/roles.md: what each role may call, as the gate decides.</summary>
internal static class RolePage
{
    public const string Mark = "<!-- From here on generated from the program: CULVERT_RENEW_DOCS=1 renews it. -->\n";

    /// <summary>A person with that role; an admin key of that role has the role's scopes in addition.</summary>
    public static Caller CreateCaller(AdminRole role, bool isKey) =>
        new()
        {
            Kind = isKey ? CallerKind.AdminKey : CallerKind.Person,
            OrganizationId = "org",
            Scopes = isKey ? role.Scopes : FrozenSet<string>.Empty,
            Roles = [role.Name],
            ActorId = "x",
            CredentialHash = "x",
        };

    public static string Write(IEnumerable<Operation> operations)
    {
        var text = new StringBuilder(Mark);
        text.Append("\n| Operation |");
        foreach (var role in AdminRole.All)
        {
            text.Append(' ').Append(role.Name).Append(" |");
        }

        text.Append("\n|---|").Insert(text.Length, "---|", AdminRole.All.Count).Append('\n');
        foreach (
            var operation in operations
                .OrderBy(one => one.Name.Split(' ')[1], StringComparer.Ordinal)
                .ThenBy(one => one.Name, StringComparer.Ordinal)
        )
        {
            text.Append("| `").Append(operation.Name).Append("` |");
            foreach (var role in AdminRole.All)
            {
                text.Append(' ').Append(Describe(role, operation)).Append(" |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(AdminRole role, Operation operation) =>
        AdminRole.OfPeople.Contains(role) && RoleGate.Admit(CreateCaller(role, isKey: false), operation) is not null
            ? "yes"
        : RoleGate.Admit(CreateCaller(role, isKey: true), operation) is not null ? "key"
        : "–";
}
