namespace Culvert.Machine.Client.Access;

/// <summary>One configuration's way to the service.</summary>
/// <param name="Options">What it says.</param>
/// <param name="Client">The service's public API.</param>
/// <param name="Proofs">What proves the machine there.</param>
internal sealed record IdentityWay(IdentityOptions Options, IdentityClient Client, IProofSource Proofs);
