namespace Culvert.Machine.Client.Access;

internal sealed record IdentityWay(IdentityOptions Options, IdentityClient Client, IProofSource Proofs);
