using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;

namespace Culvert.Identity.Service.Federation;

internal sealed record AccountEntry(ServiceAccount Account, AccountRoles Roles);
