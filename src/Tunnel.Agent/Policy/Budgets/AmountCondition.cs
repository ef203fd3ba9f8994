using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

internal sealed class AmountCondition() : ValueCondition("budget", ValueKinds.Number)
{
    public override bool Matches(JsonElement value, PrincipalClaims claims) => Amount.TryRead(value, out _);

    public override string ToString() => Key;
}
