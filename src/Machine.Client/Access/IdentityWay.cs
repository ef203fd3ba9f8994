namespace Culvert.Machine.Client.Access;

/// <summary>The clients and proofs that belong to one configuration.</summary>
internal sealed record IdentityWay(IdentityOptions Options, IdentityClient Client, IProofSource Proofs);
